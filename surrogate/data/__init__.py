"""Behaviour data: read once, cleaned, added up; ids become pseudonyms at the door."""
