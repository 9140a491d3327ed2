"""The rest of the campaign, searched from the plan that runs, and what gives way where no rest keeps everything."""
