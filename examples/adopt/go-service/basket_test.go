package main

import "testing"

func TestAddsUpPrices(t *testing.T) {
	var basket Basket
	for _, price := range []int{250, 199} {
		if err := basket.Add(price); err != nil {
			t.Fatal(err)
		}
	}
	if basket.Total() != 449 {
		t.Errorf("the total is %d", basket.Total())
	}
}

func TestRefusesAPriceOfNothing(t *testing.T) {
	var basket Basket
	if basket.Add(0) == nil {
		t.Error("a price of nothing was added")
	}
}
