// Package main serves what a customer wants to buy; prices are in cents.
package main

import "errors"

// Basket is what a customer wants to buy.
type Basket struct{ prices []int }

// Add adds a line; a price must be positive.
func (b *Basket) Add(price int) error {
	if price <= 0 {
		return errors.New("a price must be positive")
	}
	b.prices = append(b.prices, price)
	return nil
}

// Total returns the sum of all prices.
func (b *Basket) Total() int {
	sum := 0
	for _, price := range b.prices {
		sum += price
	}
	return sum
}
