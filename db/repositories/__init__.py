"""Ways of using the tables: a function takes a Session and never commits."""
