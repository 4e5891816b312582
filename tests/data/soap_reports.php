<?php
// A partner's software in PHP that reports: all calls of the WSDL, in one version. Tells as JSON what came.
[, $wsdl, $version, $folder] = $argv;
$bus = new SoapClient($wsdl, [
    'login' => '00.07.H62',
    'password' => 'secret of tai chinh',
    'soap_version' => $version === '1.1' ? SOAP_1_1 : SOAP_1_2,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE,
]);

function named(array $problems): array
{
    return array_map(
        fn ($one) => array_values(array_filter([$one->rule, $one->sheet ?? '', $one->place ?? '', $one->cell ?? ''])),
        $problems,
    );
}

function refused(callable $call): array
{
    try {
        $call();
    } catch (SoapFault $fault) {
        $refusal = $fault->detail->Refusal;
        // One of several is an object in a fault's detail, whatever the features say.
        $problems = $refusal->problem ?? [];
        $problems = is_array($problems) ? $problems : [$problems];
        return ['code' => $refusal->code, 'problems' => named($problems), 'whatVi' => $problems[0]->whatVi ?? ''];
    }
    return [];
}

$packet = file_get_contents("$folder/right.json");
$form = ['formCode' => 'MC-01', 'report' => file_get_contents("$folder/right.xlsx")];
$looked = $bus->SubmitReport(['checkOnly' => true, 'report' => file_get_contents("$folder/wrong.json")]);
$sent = $bus->SubmitReport(['report' => $packet]);
$status = $bus->GetReportStatus(['reportId' => $sent->reportId]);
$filled = $bus->SubmitReport($form);
$owed = $bus->GetObligations(['closed' => false])->obligation;
echo json_encode([
    'looked' => [$looked->right, named($looked->problem)],
    'sent' => [$sent->right, $sent->reportId, $sent->version],
    'again' => $bus->SubmitReport(['report' => $packet])->messageId === $sent->messageId,
    'status' => [$status->unit, $status->form, $status->state, $status->version[0]->copy[0]->recipient],
    'known' => $status->version[0]->messageId === $sent->messageId,
    'filled' => [$filled->right, $filled->reportId],
    'owed' => array_map(fn ($one) => [$one->regime, $one->form, $one->period, $one->overdue], $owed),
    'packet' => refused(fn () => $bus->SubmitReport(['report' => file_get_contents("$folder/wrong.json")])),
    'form' => refused(fn () => $bus->SubmitReport(['report' => file_get_contents("$folder/wrong.xlsx")] + $form)),
    'nobody' => refused(fn () => $bus->GetReportStatus(['reportId' => 'none'])),
]);
