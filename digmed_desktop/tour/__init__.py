"""The tour: the main job played through the real windows, with pictures, messages and a transcript."""
