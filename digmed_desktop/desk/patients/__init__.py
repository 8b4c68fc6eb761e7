"""Find patients, and give somebody their own data."""
