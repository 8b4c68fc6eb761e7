"""Keep the records whole: opening, backups, recovery and checks."""
