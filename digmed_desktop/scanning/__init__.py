"""Barcodes of packs and of patients: what a scanner that acts as a keyboard sends, told from typing and read."""
