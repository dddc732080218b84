import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints all committed records of topics, in order within partitions, a line each (topic, partition, value or null; tabs between): BROKER TOPIC... */
public final class ReadCommitted {
    public static void main(String[] args) {
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "isolation.level", "read_committed", "enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> parts = Arrays.stream(args).skip(1).flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
            consumer.assign(parts);
            consumer.seekToBeginning(parts);
            Map<TopicPartition, Long> ends = consumer.endOffsets(parts);
            StringBuilder out = new StringBuilder();
            while (parts.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
                for (var record : consumer.poll(Duration.ofMillis(200)))
                    out.append(record.topic()).append('\t').append(record.partition()).append('\t')
                        .append(record.value() == null ? "null" : record.value().replace("\n", " ")).append('\n');
            System.out.print(out);
        } catch (KafkaException e) {
            // These come without a stack trace, which the launcher cannot report.
            System.err.println(e);
            System.exit(1);
        }
    }
}
