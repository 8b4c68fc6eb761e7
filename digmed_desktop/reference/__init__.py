"""Codes, programmes, roles and practices: what comes with the program, is imported or looked up."""
