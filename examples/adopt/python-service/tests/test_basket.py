from basket import Basket


def test_adds_up_prices() -> None:
    basket = Basket()
    basket.add(250)
    basket.add(199)
    assert basket.total == 449


def test_refuses_a_price_of_nothing() -> None:
    try:
        Basket().add(0)
    except ValueError:
        return
    raise AssertionError("a price of nothing was added")
