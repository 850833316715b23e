"""Numbers of cameras: none is given twice, whatever becomes of the database."""
