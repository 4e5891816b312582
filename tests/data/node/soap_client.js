// A partner's software for Node: all calls of the WSDL, in one version, by one way to sign in. Tells as JSON what came.
"use strict";
const fs = require("node:fs");
const soap = require("soap");

const [wsdl, version, by, file] = process.argv.slice(2);
const name = `node ${version} ${by}`;

async function partner(user, secret) {
    const client = await soap.createClientAsync(wsdl, { forceSoap12Headers: version === "1.2" });
    client.setSecurity(by === "basic"
        ? new soap.BasicAuthSecurity(user, secret)
        : new soap.WSSecurity(user, secret, { passwordType: by === "digest" ? "PasswordDigest" : "PasswordText" }));
    return client;
}

async function waiting(client) {
    const [list] = await client.GetReceivedListAsync({ messageType: "edoc", fromDate: "2020-01-01" });
    return [].concat(list?.item ?? []).filter((item) => item.documentId === name);
}

async function code(call) {
    try {
        await call();
        return "";
    } catch (error) {
        const fault = error.root?.Envelope?.Body?.Fault ?? {};
        return (fault.detail ?? fault.Detail ?? {}).Refusal?.code ?? String(error);
    }
}

async function main() {
    const sender = await partner("00.05.H62", "secret of noi vu");
    const recipient = await partner("00.07.H62", "secret of tai chinh");
    const stranger = await partner("00.07.H62", "guessed");
    const document = fs.readFileSync(file).toString("base64");

    const [sent] = await sender.SendDocumentAsync({ document, recipient: ["000.00.07.H62"] });
    const [item] = await waiting(recipient);
    const [got] = await recipient.GetDocumentAsync({ docId: item.docId });
    const [said] = await recipient.UpdateStatusAsync({ docId: item.docId, status: "done" });
    const [agencies] = await sender.GetAgenciesAsync({});
    console.log(JSON.stringify({
        messageId: sent.messageId,
        found: { documentId: item.documentId, status: item.status, sender: item.sender },
        same: got.document === document,
        status: said.status,
        left: (await waiting(recipient)).length,
        agencies: agencies.agency.map((agency) => agency.code),
        fault: await code(() => recipient.GetDocumentAsync({ docId: "none" })),
        stranger: await code(() => stranger.GetAgenciesAsync({})),
    }));
}

main().catch((error) => {
    console.error(error.message);
    process.exit(1);
});
