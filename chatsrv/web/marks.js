// Where the words stand that were searched for. Pure: places are [start, length] in UTF-16 code units, in order.

const BEFORE = 40;

/** Cut a text into pieces of {text, isMarked}. */
export function pieces(text, places = []) {
  const cut = [];
  let end = 0;
  for (const [start, length] of places) {
    if (start > end) cut.push({ text: text.slice(end, start), isMarked: false });
    cut.push({ text: text.slice(start, start + length), isMarked: true });
    end = start + length;
  }
  if (end < text.length) cut.push({ text: text.slice(end), isMarked: false });
  return cut;
}

/** The part of a long text around its first mark, in pieces, with "…" where something is left out. */
export function excerpt(text, places = [], longest = 240) {
  const first = places[0]?.[0] ?? 0;
  const start = text.length <= longest || first <= BEFORE ? 0 : wordStart(text, first - BEFORE);
  const end = Math.min(text.length, start + longest);
  const within = places.filter(([place, length]) => place >= start && place + length <= end);
  const cut = pieces(
    text.slice(start, end),
    within.map(([place, length]) => [place - start, length]),
  );
  return [start > 0 && ELLIPSIS, ...cut, end < text.length && ELLIPSIS].filter(Boolean);
}

const ELLIPSIS = { text: "…", isMarked: false };

/** The beginning of the first word after a place: no letter is cut in two. */
function wordStart(text, place) {
  const space = text.slice(place, place + BEFORE).search(/\s/);
  return space === -1 ? place : place + space + 1;
}
