"""Several changes as one job: journalled, done one after the other, taken up again after a crash."""
