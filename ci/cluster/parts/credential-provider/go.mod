module prefetcher.local/ci/cluster/credential-provider

go 1.26.0
