import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together



class Migration(migrations.Migration):

    dependencies = [
        ('reciprocity', '0003_distributions'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='SigningRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('structure', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('hands', models.PositiveSmallIntegerField(default=1, verbose_name='people who must sign')),
                    ('reason', models.CharField(blank=True, default='', max_length=300, verbose_name='where it is decided')),
                ],
                options={
                    'verbose_name': 'rule of signing',
                    'ordering': ['structure_id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('hands__gte', 1), ('hands__lte', 20)), name='recip_rule_hands')],
                },
            ),
            migrations.CreateModel(
                name='Mandate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='reciprocity.contract', verbose_name='for this contract alone')),
                    ('since', models.DateField(verbose_name='since')),
                    ('until', models.DateField(blank=True, null=True, verbose_name='until (that day not included)')),
                    ('evidence', models.CharField(max_length=300, verbose_name='what gives the power')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'power to sign',
                    'ordering': ['structure_id', '-since', '-id'],
                    'indexes': [models.Index(fields=['person', 'structure'], name='recip_mandate_of')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='recip_mandate_order')],
                },
            ),
            migrations.CreateModel(
                name='SigningCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='reciprocity.party')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('digest', models.CharField(max_length=64)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                ],
                options={
                    'verbose_name': 'code for signing',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='Amendment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='reciprocity.contract')),
                    ('version', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendment', to='reciprocity.version')),
                    ('rule', models.CharField(choices=[('consent', 'consent: nobody objects'), ('majority', 'majority of the voices'), ('two-thirds', 'two thirds of the voices'), ('unanimity', 'unanimity of all who decide')], max_length=10, verbose_name='rule')),
                    ('reason', models.TextField(verbose_name='why')),
                    ('until', models.DateField(verbose_name='last day to speak')),
                    ('state', models.CharField(choices=[('open', 'being decided'), ('accepted', 'accepted'), ('refused', 'refused'), ('withdrawn', 'taken back'), ('done', 'in force')], default='open', max_length=10, verbose_name='state')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True, verbose_name='proposed')),
                    ('closed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'verbose_name': 'proposal to change a contract',
                    'ordering': ['contract_id', '-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('contract',), name='recip_one_amendment')],
                },
            ),
            migrations.CreateModel(
                name='Elector',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amendment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='electors', to='reciprocity.amendment')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('name', models.CharField(max_length=80, verbose_name='name in the contract')),
                ],
                options={
                    'verbose_name': 'party that decides',
                    'ordering': ['amendment_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('amendment', 'agent'), name='recip_elector_once')],
                },
            ),
            migrations.CreateModel(
                name='AmendmentVoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('elector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='reciprocity.elector')),
                    ('choice', models.CharField(choices=[('yes', 'for'), ('no', 'against, or I object'), ('abstain', 'I leave it to the others')], max_length=8, verbose_name='voice')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='why')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'voice on a change',
                    'ordering': ['elector_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='ContractLetter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='reciprocity.contract')),
                    ('kind', models.CharField(choices=[('offered', 'offered for signing'), ('in-force', 'in force'), ('withdrawn', 'taken back to be changed'), ('breach', 'breach noted'), ('remedied', 'breach remedied'), ('suspended', 'suspended'), ('resumed', 'in force again'), ('ended', 'ended'), ('mediation', 'mediation asked for'), ('proposed', 'change proposed'), ('decided', 'change decided'), ('review', 'day of review')], max_length=10, verbose_name='about what')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('address', models.CharField(blank=True, default='', max_length=254, verbose_name='address')),
                    ('turn', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reciprocity.turn')),
                    ('key', models.CharField(max_length=160, unique=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('error', models.CharField(blank=True, default='', max_length=254, verbose_name='why it did not go')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ],
                options={
                    'verbose_name': 'letter',
                    'ordering': ['id'],
                    'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['id'], name='recip_letter_to_send')],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('Elector', 'AmendmentVoice',)),
        migrations.AlterField(
            model_name="turn",
            name="kind",
            field=models.CharField(choices=[('offered', 'offered for signing'), ('withdrawn', 'taken back to be changed'), ('in-force', 'in force'), ('breach', 'breach noted'), ('remedied', 'breach remedied'), ('suspended', 'suspended'), ('resumed', 'in force again'), ('mediation', 'given to the mediator'), ('ended', 'ended')], max_length=10, verbose_name='what'),
        ),
    ]
