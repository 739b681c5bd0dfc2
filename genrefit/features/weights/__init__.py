"""The pretrained weights: fetched, read without their framework, built into a graph."""
