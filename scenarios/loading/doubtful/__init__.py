"""What a valid scenario says that is hardly meant, one doubt a file; `notes` gathers them."""
