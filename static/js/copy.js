// Copy buttons (data-copy) and the close buttons of toasts (data-dismiss). Where the browser forbids copying, nothing happens.
(function () {
  "use strict";

  function copyByHand(text) {
    // http:// on another machine has no clipboard API; the old way still works there
    var area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.appendChild(area);
    area.select();
    try {
      return document.execCommand("copy");
    } catch (refused) {
      return false;
    } finally {
      document.body.removeChild(area);
    }
  }

  function confirm(button) {
    button.classList.add("is-copied");
    setTimeout(function () {
      button.classList.remove("is-copied");
    }, 1600);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy], [data-dismiss]");
    if (!button) {
      return;
    }
    if (button.hasAttribute("data-dismiss")) {
      button.closest(".toast-x").remove();
      return;
    }
    // A command that changes while one types is copied as it stands beside the button.
    var box = button.closest(".codebox");
    var text = box ? box.querySelector("code").textContent : button.getAttribute("data-copy");
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { confirm(button); }, function () {});
    } else if (copyByHand(text)) {
      confirm(button);
      button.focus();
    }
  });
})();
