module example.org/basket-service

go 1.19
