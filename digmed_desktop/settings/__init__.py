"""Place the program's files, and hold the choices of its users. No secrets and no patient data."""
