"""What a plan rests on that nobody measured, and what it charges for the time after it, in words."""
