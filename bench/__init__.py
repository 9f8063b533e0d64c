"""What chatsrv costs beside its peers: ratios measured in one run, on one machine."""
