// Where one is in a scrolled list, measured on the nodes that are in it.

/** `scroll` is the frame, `list` holds the lines, each with a data-key. */
export function placeIn(scroll, list) {
  /** Remember the first visible message; returns how to put it back where it is now. A day's name may move without its messages. */
  function hold() {
    const { top } = scroll.getBoundingClientRect();
    const anchor = [...list.querySelectorAll(".message")].find((node) => node.getBoundingClientRect().bottom > top);
    if (!anchor) return () => {};
    const { key } = anchor.dataset;
    const offset = anchor.getBoundingClientRect().top;
    return () => {
      const now = list.querySelector(`[data-key="${key}"]`);
      if (now) scroll.scrollTop += now.getBoundingClientRect().top - offset;
    };
  }

  /** The keys of the lines that are in the frame or within so many of its heights of it. */
  function near(heights) {
    const { top, bottom, height } = scroll.getBoundingClientRect();
    const isNear = ({ top: its, bottom: end }) => end > top - heights * height && its < bottom + heights * height;
    const nodes = [...list.children].filter((node) => isNear(node.getBoundingClientRect()));
    return new Set(nodes.map(({ dataset }) => dataset.key));
  }

  return {
    hold,
    near,
    above: () => scroll.scrollTop,
    below: () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight,
  };
}
