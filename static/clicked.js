// A click from a mail is confirmed by the first sign of a person.
import { saved, send } from "./answer.js"

const chosen = document.querySelector(".clicked button, :checked")
const confirm = (event) => {
  if (!event.isTrusted || event.target.closest?.("a, button")) return // those say for themselves what is meant
  document.removeEventListener("pointerdown", confirm)
  document.removeEventListener("keydown", confirm)
  send([[chosen.name, chosen.value]]).then((answer) => (saved.hidden = answer?.status !== 204))
}
document.addEventListener("pointerdown", confirm)
document.addEventListener("keydown", confirm)
