"""Benchmarks of extraction and segmentation over a folder of public material that is not part of the project."""
