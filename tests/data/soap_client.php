<?php
// A partner's software in PHP: all calls of the WSDL, in one version, by one way to sign in. Tells as JSON what came.
[, $wsdl, $version, $by, $file] = $argv;

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const DIGEST = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest';

class Partner
{
    public function __construct(private string $wsdl, private array $options, private string $user, private string $secret, private bool $digest)
    {
    }

    public function __call(string $name, array $arguments): stdClass
    {
        $basic = $this->digest ? [] : ['login' => $this->user, 'password' => $this->secret];
        $client = new SoapClient($this->wsdl, $this->options + $basic);
        if ($this->digest) {
            $client->__setSoapHeaders([$this->token()]);
        }
        return $client->$name($arguments[0] ?? []);
    }

    private function token(): SoapHeader
    {
        $nonce = random_bytes(16);
        $created = gmdate('Y-m-d\TH:i:s\Z');
        $shown = base64_encode(sha1($nonce . $created . $this->secret, true));
        $nonce = base64_encode($nonce);
        $inside = "<w:Username>$this->user</w:Username><w:Password Type=\"" . DIGEST . "\">$shown</w:Password>"
            . "<w:Nonce>$nonce</w:Nonce><u:Created>$created</u:Created>";
        $xml = '<w:Security xmlns:w="' . WSSE . '" xmlns:u="' . WSU . "\"><w:UsernameToken>$inside</w:UsernameToken></w:Security>";
        return new SoapHeader(WSSE, 'Security', new SoapVar($xml, XSD_ANYXML), false);
    }
}

function waiting(Partner $partner, string $document): array
{
    $items = $partner->GetReceivedList(['messageType' => 'edoc', 'fromDate' => '2020-01-01'])->item ?? [];
    return array_values(array_filter($items, fn ($item) => $item->documentId === $document));
}

function code(callable $call): array
{
    try {
        $call();
    } catch (SoapFault $fault) {
        $refusal = $fault->detail->Refusal;
        return [substr($fault->faultcode, strpos($fault->faultcode, ':') + 1), $refusal->code, $refusal->whatVi];
    }
    return [];
}

$options = [
    'soap_version' => $version === '1.1' ? SOAP_1_1 : SOAP_1_2,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'cache_wsdl' => WSDL_CACHE_NONE,
];
$digest = $by === 'digest';
$sender = new Partner($wsdl, $options, '00.05.H62', 'secret of noi vu', $digest);
$recipient = new Partner($wsdl, $options, '00.07.H62', 'secret of tai chinh', $digest);
$stranger = new Partner($wsdl, $options, '00.07.H62', 'guessed', $digest);
$name = "php $version $by";

$sent = $sender->SendDocument(['document' => file_get_contents($file), 'recipient' => ['000.00.07.H62']]);
[$item] = waiting($recipient, $name);
$got = $recipient->GetDocument(['docId' => $item->docId]);
$said = $recipient->UpdateStatus(['docId' => $item->docId, 'status' => 'done']);
echo json_encode([
    'messageId' => $sent->messageId,
    'found' => ['documentId' => $item->documentId, 'status' => $item->status, 'sender' => $item->sender],
    'same' => $got->document === file_get_contents($file),
    'status' => $said->status,
    'left' => count(waiting($recipient, $name)),
    'agencies' => array_map(fn ($agency) => $agency->code, $sender->GetAgencies()->agency),
    'fault' => code(fn () => $recipient->GetDocument(['docId' => 'none'])),
    'stranger' => code(fn () => $stranger->GetAgencies())[1],
]);
