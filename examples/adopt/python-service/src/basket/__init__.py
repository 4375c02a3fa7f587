"""What a customer wants to buy; prices are in cents."""


class Basket:
    def __init__(self) -> None:
        self._prices: list[int] = []

    def add(self, price: int) -> None:
        """Add a line; a price must be positive."""
        if price <= 0:
            raise ValueError("a price must be positive")
        self._prices.append(price)

    @property
    def total(self) -> int:
        return sum(self._prices)
