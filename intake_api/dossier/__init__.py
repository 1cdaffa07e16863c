"""卷宗: everything that an office keeps on a case as one numbered PDF, for the archive, a review or a court."""
