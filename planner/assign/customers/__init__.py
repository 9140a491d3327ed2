"""Who the customers of a file are: read in batches, named, whom messages may reach, who is held out."""
