// A partner's software for Node that reports: all calls of the WSDL, in one version. Tells as JSON what came.
"use strict";
const fs = require("node:fs");
const soap = require("soap");

const [wsdl, version, folder] = process.argv.slice(2);
const file = (name) => fs.readFileSync(`${folder}/${name}`).toString("base64");
const named = (problems) => [].concat(problems ?? []).map((one) => [one.rule, one.sheet, one.place, one.cell].filter(Boolean));

async function refused(call) {
    try {
        await call();
        return {};
    } catch (error) {
        const fault = error.root?.Envelope?.Body?.Fault ?? {};
        const refusal = (fault.detail ?? fault.Detail ?? {}).Refusal;
        const problems = [].concat(refusal.problem ?? []);
        return { code: refusal.code, problems: named(problems), whatVi: problems[0]?.whatVi ?? "" };
    }
}

async function main() {
    const bus = await soap.createClientAsync(wsdl, { forceSoap12Headers: version === "1.2" });
    bus.setSecurity(new soap.BasicAuthSecurity("00.07.H62", "secret of tai chinh"));
    const report = file("right.json");

    const [looked] = await bus.SubmitReportAsync({ checkOnly: true, report: file("wrong.json") });
    const [sent] = await bus.SubmitReportAsync({ report });
    const [again] = await bus.SubmitReportAsync({ report });
    const [status] = await bus.GetReportStatusAsync({ reportId: sent.reportId });
    const [filled] = await bus.SubmitReportAsync({ formCode: "MC-01", report: file("right.xlsx") });
    const [owed] = await bus.GetObligationsAsync({ closed: false });
    const [known] = [].concat(status.version);
    console.log(JSON.stringify({
        looked: [looked.right, named(looked.problem)],
        sent: [sent.right, sent.reportId, sent.version],
        again: again.messageId === sent.messageId,
        status: [status.unit, status.form, status.state, [].concat(known.copy)[0].recipient],
        known: known.messageId === sent.messageId,
        filled: [filled.right, filled.reportId],
        owed: [].concat(owed.obligation).map((one) => [one.regime, one.form, one.period, one.overdue]),
        packet: await refused(() => bus.SubmitReportAsync({ report: file("wrong.json") })),
        form: await refused(() => bus.SubmitReportAsync({ formCode: "MC-01", report: file("wrong.xlsx") })),
        nobody: await refused(() => bus.GetReportStatusAsync({ reportId: "none" })),
    }));
}

main().catch((error) => {
    console.error(error.message);
    process.exit(1);
});
