"""A plan as one page of HTML, for people who have no terminal: figures, calendar, reasons, limits, what it rests on."""
