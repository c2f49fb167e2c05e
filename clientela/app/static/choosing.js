// A button with data-choose tells the place around it, of class "choices", what it says.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose]");
  const place = button && button.closest(".choices");
  if (place) place.dispatchEvent(new CustomEvent("chosen", { detail: button.dataset.choose }));
});
