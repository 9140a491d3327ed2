"""Purchase rows taken in, stored, set off against returns, and added up to the tables that learning needs."""
