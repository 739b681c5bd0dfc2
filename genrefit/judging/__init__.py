"""What is known of a model beyond its report: beside another, on queries, and what would help."""
