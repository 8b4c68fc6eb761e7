"""Where the program keeps its files, and what its users have chosen. No secrets and no patient data."""
