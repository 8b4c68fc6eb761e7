"""Build and check what installs DigMed Desktop: setup.exe, MSI and .deb. See README.md beside this file."""
