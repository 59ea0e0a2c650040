// Filters of a toolbar apply themselves when picked. Without this script the toolbar's "Apply" button does it. And what stands beside a
// field of a form that is checked while one types goes once something else is typed: the pre-flight says what is so then.
(function () {
  "use strict";

  document.addEventListener("change", function (event) {
    var form = event.target.matches && event.target.matches(".toolbar select") && event.target.form;
    if (form) {
      submit(form);
    }
  });

  document.addEventListener("input", function (event) {
    var field = event.target;
    var form = field.form;
    if (!form || !form.hasAttribute("hx-post") || !form.contains(field)) {
      return;
    }
    // Of a choice everything else may depend.
    var isChoice = field.matches("select, [type=checkbox], [type=radio]");
    var said = isChoice ? form : document.getElementById(field.id + "_error");
    if (said) {
      forget(said, isChoice ? form : field.closest(".field") || said);
      (isChoice ? form.querySelectorAll("[aria-invalid]") : [field]).forEach(function (each) { each.removeAttribute("aria-invalid"); });
    }
  });

  function forget(said, around) {
    said.querySelectorAll(".err").forEach(function (each) { each.remove(); });
    around.querySelectorAll(".hint[hidden]").forEach(function (each) { each.hidden = false; });
  }

  document.addEventListener("submit", function (event) {
    if (event.target.matches(".toolbar")) {
      dropEmpty(event.target);
    }
  });

  function submit(form) {
    if (form.requestSubmit) {
      form.requestSubmit();
    } else {
      dropEmpty(form);
      form.submit();
    }
  }

  // Empty filters stay out of the URL, so that the same view has one address. They come back when the page does.
  function dropEmpty(form) {
    Array.prototype.forEach.call(form.elements, function (element) {
      if (element.name && element.value === "") {
        element.disabled = true;
      }
    });
  }

  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".toolbar :disabled"), function (element) {
      element.disabled = false;
    });
  });
})();
