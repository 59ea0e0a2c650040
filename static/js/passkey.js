// Asks the browser to make or use a passkey before a form that wants one is sent: <form data-passkey="create|get" data-options="id">.
// The options are JSON as the server's WebAuthn library writes it: {publicKey: {…}}, bytes as base64url. Source: W3C WebAuthn, 5.1.
(function () {
  "use strict";

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (sign) { return sign.charCodeAt(0); });
  }

  function text(buffer) {
    const plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function withBytes(descriptors) {
    return (descriptors || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  // Browsers have parseCreationOptionsFromJSON and toJSON since 2023 to 2025; these few lines work in the older ones, too.
  function readOptions(form) {
    const given = JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
    const options = Object.assign({}, given, { challenge: bytes(given.challenge) });
    if (given.user) {
      options.user = Object.assign({}, given.user, { id: bytes(given.user.id) });
      options.excludeCredentials = withBytes(given.excludeCredentials);
    } else {
      options.allowCredentials = withBytes(given.allowCredentials);
    }
    return options;
  }

  function asJson(credential) {
    const answer = credential.response;
    const response = { clientDataJSON: text(answer.clientDataJSON) };
    if (answer.attestationObject) {
      response.attestationObject = text(answer.attestationObject);
      response.transports = answer.getTransports ? answer.getTransports() : [];
    } else {
      response.authenticatorData = text(answer.authenticatorData);
      response.signature = text(answer.signature);
      response.userHandle = answer.userHandle ? text(answer.userHandle) : null;
    }
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      response: response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults()
    };
  }

  function say(form, trouble) {
    form.querySelectorAll("[data-passkey-trouble]").forEach(function (note) {
      note.hidden = note.dataset.passkeyTrouble !== trouble;
    });
  }

  function ask(form) {
    const options = { publicKey: readOptions(form) };
    return form.dataset.passkey === "create" ? navigator.credentials.create(options) : navigator.credentials.get(options);
  }

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    const field = form.querySelector("[name=credential]");
    // Disabled as the server sends it: sent before this script is there, the form would hold no passkey.
    form.querySelector("button[type=submit]").disabled = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      say(form, "");
      if (!window.PublicKeyCredential || !navigator.credentials) {
        say(form, "missing");
        return;
      }
      ask(form).then(function (credential) {
        field.value = JSON.stringify(asJson(credential));
        form.submit();
      }).catch(function (error) {
        say(form, error.name === "InvalidStateError" ? "twice" : "refused");
      });
    });
  });
})();
