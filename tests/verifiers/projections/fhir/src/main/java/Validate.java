import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Validates AuditEvents, one a line, against the R4 definitions and the profiles of a folder. A system of our own is unknown to any
 * validator: that is a warning. Then it takes something required away, to see that this is noticed.
 */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        FhirContext context = FhirContext.forR4();
        PrePopulatedValidationSupport profiles = new PrePopulatedValidationSupport(context);
        try (var files = Files.newDirectoryStream(Path.of(arguments[0]), "*.json")) {
            for (Path file : files) {
                String text = Files.readString(file);
                profiles.addStructureDefinition(context.newJsonParser().parseResource(StructureDefinition.class, text));
            }
        }
        FhirInstanceValidator module = new FhirInstanceValidator(new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            profiles,
            new SnapshotGeneratingValidationSupport(context)));
        module.setErrorForUnknownProfiles(true);
        module.setAnyExtensionsAllowed(false);
        FhirValidator validator = context.newValidator().registerValidatorModule(module);

        int events = 0;
        int broken = 0;
        String sample = null;
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            for (String line : Files.readAllLines(Path.of(argument))) {
                events++;
                for (SingleValidationMessage message : errors(validator, line)) {
                    broken++;
                    System.err.println(argument + ": " + message.getLocationString() + ": " + message.getMessage());
                }
                if (line.contains("PrivacyDisclosure.Source")) {
                    sample = line;
                }
            }
        }
        if (events == 0 || sample == null) {
            throw new IllegalStateException("no AuditEvent of a disclosure to validate");
        }
        List<String[]> breaks = List.of(
            new String[] {"\"recorded\":", "\"recorder\":"},
            new String[] {"\"requestor\":false", "\"requestor\":\"no\""},
            new String[] {"\"observer\":", "\"watcher\":"},
            new String[] {"\"110153\"", "\"110154\""},
            new String[] {"\"code\":\"disclose\"", "\"code\":\"receive\""});
        for (String[] change : breaks) {
            String changed = sample.replace(change[0], change[1]);
            if (changed.equals(sample) || errors(validator, changed).isEmpty()) {
                broken++;
                System.err.println("not noticed: " + change[1]);
            }
        }
        System.out.println(events + " AuditEvents, " + broken + " errors");
        System.exit(broken == 0 ? 0 : 1);
    }

    private static List<SingleValidationMessage> errors(FhirValidator validator, String event) {
        return validator.validateWithResult(event).getMessages().stream()
            .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
            .toList();
    }
}
