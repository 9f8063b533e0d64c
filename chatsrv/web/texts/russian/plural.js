// How Russian counts.

const FEW = new Set([2, 3, 4]);

/** "1 лайк", "3 лайка", "11 лайков". */
export function plural(count, one, few, many) {
  const [last, isTeen] = [count % 10, count % 100 > 10 && count % 100 < 20];
  if (last === 1 && !isTeen) return `${count} ${one}`;
  return `${count} ${FEW.has(last) && !isTeen ? few : many}`;
}
