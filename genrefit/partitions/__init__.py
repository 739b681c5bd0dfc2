"""Collections too large for one library file: song means in partitioned Parquet, and what is done
with them partition by partition: training by partial fits, likelihoods in columns, find."""

from genrefit.partitions.columns import PartitionedSongs, export_songs
from genrefit.partitions.likelihoods import LikelihoodColumns, write_likelihoods
from genrefit.partitions.training import PartitionReport, train_partitions

__all__ = [
    "LikelihoodColumns",
    "PartitionReport",
    "PartitionedSongs",
    "export_songs",
    "train_partitions",
    "write_likelihoods",
]
