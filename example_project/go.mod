module example.com/loglens

go 1.21
