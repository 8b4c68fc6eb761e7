"""DigMed Desktop: tells the GP practice what a community pharmacy gave, and shows what became of it."""

__version__ = "0.1.0"
