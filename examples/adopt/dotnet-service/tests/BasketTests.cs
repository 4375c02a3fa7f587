using Xunit;

namespace Example.Basket.Tests;

public class BasketTests
{
    [Fact]
    public void AddsUpPrices()
    {
        var basket = new Basket();
        basket.Add(250);
        basket.Add(199);
        Assert.Equal(449, basket.Total);
    }

    [Fact]
    public void RefusesAPriceOfNothing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Basket().Add(0));
}
