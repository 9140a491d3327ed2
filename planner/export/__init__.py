"""Files for other programs: lines, tables, the finance workbook."""
