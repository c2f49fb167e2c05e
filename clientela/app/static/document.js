// Words that are selected in a document, or a paragraph that is taken by its number, are told to
// the page as [paragraph, start, end].
window.watchDocument = (id) => {
  const pane = document.getElementById(id);
  if (!pane || pane.dataset.watched) return;
  pane.dataset.watched = "yes";
  const tell = (detail) => pane.dispatchEvent(new CustomEvent("picked", { detail }));
  const picked = () => {
    const chosen = document.getSelection();
    if (!chosen || chosen.isCollapsed || !pane.contains(chosen.anchorNode)) return;
    const range = chosen.getRangeAt(0);
    const line = (range.startContainer.nodeType === 3 ? range.startContainer.parentElement : range.startContainer).closest("[data-n]");
    if (!line) return;
    const before = document.createRange();
    before.selectNodeContents(line);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    // Words of one paragraph make a place; a selection goes as far as its first paragraph does.
    const end = line.contains(range.endContainer) ? start + range.toString().length : line.textContent.length;
    if (end > start) tell([Number(line.dataset.n), start, end]);
  };
  pane.addEventListener("mouseup", () => setTimeout(picked, 0));
  pane.addEventListener("keyup", (e) => { if (e.shiftKey || e.key === "Shift") picked(); });
  pane.addEventListener("click", (e) => {
    const button = e.target.closest("button[data-take]");
    if (button) tell([Number(button.dataset.take), 0, 0]);
  });
};
