"""What can be measured: the tutor, and others to compare it with (``eval.systems.catalogue``)."""
