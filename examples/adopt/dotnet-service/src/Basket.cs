namespace Example.Basket;

/// <summary>What a customer wants to buy; prices are in cents.</summary>
public sealed class Basket
{
    private readonly List<int> prices = [];

    public int Total => prices.Sum();

    public void Add(int price)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(price);
        prices.Add(price);
    }
}
