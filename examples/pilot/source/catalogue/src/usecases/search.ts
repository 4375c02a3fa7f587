export type Item = { sku: string; title: string };

export function search(items: Item[], words: string): Item[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => wanted.every((word) => item.title.toLowerCase().includes(word)));
}
