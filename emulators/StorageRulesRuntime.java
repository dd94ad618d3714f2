import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.firebase.rules.lang.CompileResult;
import com.google.firebase.rules.lang.FirebaseRulesProtoCompiler;
import com.google.firebase.rules.runtime.common.AsyncRuntimeFunction;
import com.google.firebase.rules.runtime.common.Evaluator;
import com.google.firebase.rules.runtime.impl.DefaultEvaluator;
import com.google.firebase.rules.runtime.v1.ExpressionPathSegmentValue;
import com.google.firebase.rules.runtime.v1.ExpressionPathValue;
import com.google.firebase.rules.runtime.v1.ExpressionValue;
import com.google.firebase.rules.v1.File;
import com.google.firebase.rules.v1.Source;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Evaluates {@code storage.rules} for the Storage emulator where Google's own runtime cannot be downloaded.
 *
 * <p>It speaks the emulator's protocol, one JSON object a line on stdin and stdout, and leaves the evaluation to the
 * rules engine inside the Firestore emulator's jar. What it deliberately does not do: cross-service
 * {@code firestore.get()} and {@code firestore.exists()}; rules that use them deny.
 *
 * <p>Its words: {@code load_ruleset} compiles a source under a name, {@code verify} decides one request by a named
 * ruleset. Whatever goes wrong while deciding denies, as in production.
 */
public final class StorageRulesRuntime {
    /** The id under which the emulator waits for the first line: "ready". */
    private static final int READY = -1;

    private final Map<String, DefaultEvaluator> rulesets = new HashMap<>();
    private final PrintStream out;

    private StorageRulesRuntime(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        new StorageRulesRuntime(out).serve(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private void serve(BufferedReader in) throws IOException {
        reply(READY, new JsonObject(), List.of());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) {
                answer(JsonParser.parseString(line).getAsJsonObject());
            }
        }
    }

    private void answer(JsonObject request) {
        int id = request.get("id").getAsInt();
        JsonObject context = request.getAsJsonObject("context");
        String action = request.get("action").getAsString();
        try {
            switch (action) {
                case "load_ruleset" -> load(id, context);
                case "verify" -> reply(id, permit(decide(context)), List.of());
                default -> reply(id, new JsonObject(), List.of("unknown action " + action));
            }
        } catch (InvalidProtocolBufferException | RuntimeException failure) {
            System.err.println(failure);
            reply(id, permit(false), List.of());
        }
    }

    private void load(int id, JsonObject context) {
        Source.Builder source = Source.newBuilder();
        for (JsonElement element : context.getAsJsonObject("source").getAsJsonArray("files")) {
            JsonObject file = element.getAsJsonObject();
            source.addFiles(
                    File.newBuilder()
                            .setName(file.get("name").getAsString())
                            .setContent(file.get("content").getAsString()));
        }
        CompileResult compiled = FirebaseRulesProtoCompiler.createStandalone().compile(source);
        JsonObject result = new JsonObject();
        result.addProperty("rulesVersion", 2);
        if (compiled.hasCompilationError()) {
            reply(id, result, compiled.getIssues().stream()
                    .map(issue -> "line " + issue.getSourcePosition().getLine() + ": " + issue.getDescription())
                    .toList());
            return;
        }
        rulesets.put(context.get("rulesetName").getAsString(), new DefaultEvaluator(compiled.getRulesetAst()));
        reply(id, result, List.of());
    }

    private boolean decide(JsonObject context) throws InvalidProtocolBufferException {
        DefaultEvaluator evaluator = rulesets.get(context.get("rulesetName").getAsString());
        Question question =
                new Question(
                        context.get("method").getAsString(),
                        path(context.get("path").getAsString()),
                        variables(context.getAsJsonObject("variables")));
        try {
            return evaluator.evaluate(question).get().permit();
        } catch (ExecutionException ruleFailed) {
            return false; // an error inside a rule denies
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ExpressionPathValue path(String text) {
        ExpressionPathValue.Builder path = ExpressionPathValue.newBuilder();
        for (String segment : text.split("/")) {
            if (!segment.isEmpty()) {
                path.addSegments(ExpressionPathSegmentValue.newBuilder().setSimple(segment));
            }
        }
        return path.build();
    }

    private static ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables(JsonObject given)
            throws InvalidProtocolBufferException {
        ImmutableMap.Builder<String, Supplier<ListenableFuture<ExpressionValue>>> variables = ImmutableMap.builder();
        for (Map.Entry<String, JsonElement> variable : given.entrySet()) {
            ExpressionValue.Builder value = ExpressionValue.newBuilder();
            JsonFormat.parser().ignoringUnknownFields().merge(variable.getValue().toString(), value);
            ExpressionValue built = value.build();
            variables.put(variable.getKey(), () -> Futures.immediateFuture(built));
        }
        return variables.build();
    }

    private static JsonObject permit(boolean permitted) {
        JsonObject result = new JsonObject();
        result.addProperty("permit", permitted);
        return result;
    }

    private void reply(int id, JsonObject result, List<String> errors) {
        JsonArray list = new JsonArray();
        errors.forEach(list::add);
        JsonObject response = new JsonObject();
        response.addProperty("id", id);
        response.addProperty("status", errors.isEmpty() ? "ok" : "error");
        response.addProperty("action", "");
        response.add("result", result);
        response.add("errors", list);
        response.add("warnings", new JsonArray());
        out.println(response);
        out.flush();
    }

    /** One request to Storage, in the form in which the rules engine asks for it. */
    private record Question(
            String method,
            ExpressionPathValue path,
            ImmutableMap<String, Supplier<ListenableFuture<ExpressionValue>>> variables)
            implements Evaluator.Context {
        @Override
        public String service() {
            return "firebase.storage";
        }

        @Override
        public ImmutableMap<String, AsyncRuntimeFunction> functions() {
            return ImmutableMap.of();
        }
    }
}
